(* The hypotheses of random_weights.v are not empty: on every DAG a finite probability space
   satisfies all of them.  Each weight is 2, -2 or 0, each gate 0 or 1, all of them independent. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags paths random_weights.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Model.
Variable G : dag.

(* What a weight of in-degree d depends on: a number from 0 to m, of 4 c values. *)
Definition common : nat := \prod_(e : edge G) in_degree (head e).

Lemma common_gt0 : (0 < common)%N.
Proof. by apply/prodn_cond_gt0 => e _; apply/card_gt0P; exists e; rewrite inE. Qed.

Definition side : finType := [finType of 'I_(4 * common).-1.+1].
Definition outcome : finType := [finType of {ffun edge G -> side} * {ffun node G -> bool}].
Definition any : outcome := ([ffun=> ord0], [ffun=> false]).
Definition random : comRingType := ffun_comRingType [comRingType of rat] any.

Definition mean (T : finType) (f : T -> rat) : rat := (\sum_t f t) / #|T|%:R.

Definition expectation (f : random) : rat := mean (fun w => (f : {ffun outcome -> rat}) w).

Lemma expectation_is_additive : additive expectation.
Proof.
move=> f g; rewrite /expectation /mean -mulrBl -sumrB; congr (_ / _).
by apply: eq_bigr => w _; rewrite !ffunE.
Qed.
Canonical expectation_additive := Additive expectation_is_additive.

Definition share (e : edge G) : nat := common %/ in_degree (head e).
Definition amount (e : edge G) (s : side) : rat :=
  if (s < share e)%N then 2%:R else if (s < 2 * share e)%N then - 2%:R else 0.

Definition model_weight (e : edge G) : random := [ffun w : outcome => amount e (w.1 e)].
Definition model_gate (v : node G) : random := [ffun w : outcome => (w.2 v)%:R].

Lemma at_outcome (I : Type) (s : seq I) (F : I -> random) (w : outcome) :
  ((\prod_(i <- s) F i : random) : {ffun outcome -> rat}) w =
  \prod_(i <- s) (F i : {ffun outcome -> rat}) w.
Proof. by elim: s => [|i s IH]; rewrite ?big_nil ?big_cons ffunE ?IH. Qed.

Lemma card_gt0 (T : finType) (t : T) : #|T|%:R != 0 :> rat.
Proof. by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists t. Qed.

(* Independence: the mean of a product of functions of separate coordinates. *)
Lemma mean_of_coordinates (I T : finType) (t : T) (F : I -> T -> rat) :
  mean (fun f : {ffun I -> T} => \prod_i F i (f i)) = \prod_i mean (F i).
Proof.
rewrite /mean -bigA_distr_bigA big_split /= prodr_const card_ffun.
by congr (_ * _); rewrite natrX exprVn.
Qed.

Lemma mean_of_pair (S T : finType) (f : S -> rat) (g : T -> rat) :
  mean (fun w : S * T => f w.1 * g w.2) = mean f * mean g.
Proof.
rewrite /mean -(pair_bigA _ (fun a b => f a * g b)) /=.
rewrite (eq_bigr (fun a => f a * \sum_b g b)) => [|a _]; last by rewrite mulr_sumr.
by rewrite -mulr_suml card_prod natrM invfM mulrACA.
Qed.

Lemma mean_const (T : finType) (t : T) (c : rat) : mean (fun _ : T => c) = c.
Proof. by rewrite /mean sumr_const -[_ *+ _]mulr_natr mulfK // (card_gt0 t). Qed.

Lemma by_edge (s : seq (edge G)) (F : edge G -> rat) :
  \prod_(e <- s) F e = \prod_e F e ^+ count_mem e s.
Proof.
elim: s => [|f s IH]; first by rewrite big_nil big1.
rewrite big_cons IH /= [RHS](eq_bigr (fun e => F e ^+ (f == e) * F e ^+ count_mem e s)) => [|e _].
  rewrite big_split /=; congr (_ * _); rewrite (bigD1 f) //= eqxx expr1 big1 ?mulr1 // => e ne.
  by rewrite eq_sym (negbTE ne).
by rewrite exprD.
Qed.

Lemma by_node (t : seq (node G)) (F : node G -> rat) :
  uniq t -> \prod_(v <- t) F v = \prod_v (if v \in t then F v else 1).
Proof. by move=> uniq_t; rewrite -big_mkcond big_uniq. Qed.

Definition moment (e : edge G) (k : nat) : rat := mean (fun s => amount e s ^+ k).

Lemma expected_product s t : uniq t ->
  expectation (weights model_weight s * gates model_gate t) =
  \prod_e moment e (count_mem e s) * 2%:R^-1 ^+ size t.
Proof.
move=> uniq_t; rewrite /expectation.
pose f (a : {ffun edge G -> side}) := \prod_e amount e (a e) ^+ count_mem e s.
pose g (b : {ffun node G -> bool}) := \prod_v (if v \in t then (b v)%:R else 1) : rat.
transitivity (mean (fun w : outcome => f w.1 * g w.2)).
  congr (_ / _); apply: eq_bigr => w _; rewrite ffunE /weights /gates !at_outcome.
  rewrite /f /g -by_edge -by_node //.
  by congr (_ * _); apply: eq_bigr => i _; rewrite ffunE.
rewrite mean_of_pair; congr (_ * _).
  exact: (mean_of_coordinates (ord0 : side) (fun e s' => amount e s' ^+ count_mem e s)).
rewrite (mean_of_coordinates false (fun v b => if v \in t then b%:R else 1)).
rewrite (eq_bigr (fun v => if v \in t then 2%:R^-1 else 1)) => [|v _].
  by rewrite -by_node // big_const_seq count_predT -Monoid.iteropE.
case: ifP => _; last exact: (mean_const false).
by rewrite /mean big_bool /= addr0 card_bool mul1r.
Qed.

Lemma moment0 e : moment e 0 = 1.
Proof. exact: (mean_const (ord0 : side)). Qed.


Lemma sum_of_amounts e j : (0 < j)%N ->
  \sum_(s : side) amount e s ^+ j = (2%:R ^+ j + (- 2%:R) ^+ j) *+ share e.
Proof.
move=> j_gt0.
pose h i : rat :=
  (if (i < share e)%N then 2%:R else if (i < 2 * share e)%N then - 2%:R else 0) ^+ j.
have le_1 : (share e <= 2 * share e)%N by rewrite mul2n -addnn leq_addr.
have le_2 : (2 * share e <= (4 * common).-1.+1)%N.
  rewrite prednK ?muln_gt0 ?common_gt0 //; apply: leq_mul => //; exact: leq_div.
transitivity (\sum_(0 <= i < (4 * common).-1.+1) h i); first by rewrite big_mkord.
rewrite (@big_cat_nat _ _ _ (2 * share e)) //= (@big_cat_nat _ _ _ (share e) 0 (2 * share e)) //=.
rewrite (@eq_big_nat _ _ _ 0 (share e) _ (fun=> 2%:R ^+ j)) => [|i /andP[_ lt_i]]; last by rewrite /h lt_i.
rewrite (@eq_big_nat _ _ _ (share e) (2 * share e) _ (fun=> (- 2%:R) ^+ j)) => [|i /andP[ge_i lt_i]]; last first.
  by rewrite /h ltnNge ge_i /= lt_i.
rewrite [X in _ + X]big_nat_cond [X in _ + X]big1 ?addr0 => [|i /andP[/andP[ge_i _] _]]; last first.
  by rewrite /h !ltnNge ge_i (leq_trans le_1 ge_i) /= expr0n; case: j j_gt0 {h}.
by rewrite !sumr_const_nat subn0 mul2n -addnn addnK mulrnDl.
Qed.

Lemma moment1 e : moment e 1 = 0.
Proof. by rewrite /moment /mean sum_of_amounts // !expr1 subrr mul0rn mul0r. Qed.

Lemma moment2 e : moment e 2 = 2%:R / (in_degree (head e))%:R.
Proof.
rewrite /moment /mean sum_of_amounts // card_ord prednK ?muln_gt0 ?common_gt0 // sqrrN.
have d_dvd : (in_degree (head e) %| common)%N.
  by rewrite /common (bigD1 e) //= dvdn_mulr.
have d_gt0 : (0 < in_degree (head e))%N by apply/card_gt0P; exists e; rewrite inE.
have := divnK d_dvd; rewrite -/(share e) => shares.
have share_gt0 : (0 < share e)%N by move: common_gt0; rewrite -shares muln_gt0 => /andP[].
rewrite -shares !natrM -mulr_natr.
have k_neq0 : (share e)%:R != 0 :> rat by rewrite pnatr_eq0 -lt0n.
have d_neq0 : (in_degree (head e))%:R != 0 :> rat by rewrite pnatr_eq0 -lt0n.
have -> : 2%:R ^+ 2 + 2%:R ^+ 2 = 2%:R * 4%:R :> rat by [].
by apply/eqP; rewrite eqr_div ?mulf_neq0 // !mulrA.
Qed.

Lemma expected_weights s : expectation (weights model_weight s) = \prod_e moment e (count_mem e s).
Proof.
have := @expected_product s [::] isT.
by rewrite /gates big_nil !mulr1.
Qed.

Lemma only_edge e (k : edge G -> nat) :
  (forall f, f != e -> k f = 0%N) -> \prod_f moment f (k f) = moment e (k e).
Proof. by move=> others; rewrite (bigD1 e) //= big1 ?mulr1 // => f /others->; apply: moment0. Qed.

Lemma heads_before x o p (f : edge G) :
  is_path x p o -> f \in p -> (number (head f) <= number o)%N.
Proof.
elim: p o => //= e p IH o /andP[/eqP <- pth]; rewrite inE => /orP[/eqP->//|/(IH _ pth) le_f].
exact: leq_trans le_f (ltnW (goes_forward e)).
Qed.

(* Each neuron is a layer of its own. *)
Theorem hypotheses_hold :
  expectation 1 = 1 /\
  [/\ H1 expectation_additive model_weight model_gate, @H2 G _ id,
      H3 expectation_additive model_weight, H4 id expectation_additive model_weight &
      H5 expectation_additive model_weight].
Proof.
split.
  have := expected_weights [::]; rewrite /weights big_nil => ->.
  by rewrite big1 // => e _; apply: moment0.
split.
- split=> [v|s t uniq_t]; last first.
    by rewrite /= expected_product // expected_weights.
  by apply/ffunP => w; rewrite !ffunE -natrM mulnb andbb.
- move=> x o p; elim: p o => //= e p IH o /andP[_ pth]; rewrite (IH _ pth) andbT.
  apply/mapP => -[f f_in ef]; have := heads_before pth f_in.
  by rewrite leqNgt -ef goes_forward.
- move=> e; split.
    have := expected_weights [:: e]; rewrite /weights big_seq1 => /= ->.
    rewrite (@only_edge e) => [|f ne] /=; last by rewrite eq_sym (negbTE ne).
    by rewrite eqxx moment1.
  have := expected_weights [:: e; e]; rewrite /weights big_cons big_seq1 => /= ->.
  rewrite (@only_edge e) => [|f ne] /=; last by rewrite eq_sym (negbTE ne).
  by rewrite eqxx moment2.
- move=> s /=; rewrite expected_weights.
  under [RHS]eq_bigr => v _ do rewrite expected_weights.
  rewrite exchange_big; apply: eq_bigr => e _ /=.
  rewrite (bigD1 (head e)) //= big1 ?mulr1 => [|v ne]; rewrite count_filter.
    by congr (moment _ _); apply: eq_count => f /=; case: eqP => // ->; rewrite eqxx.
  rewrite (@eq_count _ _ pred0) ?count_pred0 ?moment0 // => f /=.
  by case: eqP => // ->; rewrite eq_sym (negbTE ne).
move=> e f ne _; have := expected_weights [:: e; f].
rewrite /weights big_cons big_seq1 => /= ->.
by rewrite (bigD1 e) //= eqxx eq_sym (negbTE ne) moment1 mul0r.
Qed.

End Model.
